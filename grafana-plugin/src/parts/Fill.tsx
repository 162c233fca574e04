import { css } from '@emotion/css';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

const style = css({ flex: '1 1 0', minHeight: 0, minWidth: 0, overflow: 'hidden', position: 'relative' });

/** Takes what space its neighbours leave and tells its child how much that is, in CSS pixels. */
export function Fill({ children }: { readonly children: (width: number, height: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className={style}>
      {size.width > 0 && size.height > 0 && children(size.width, size.height)}
    </div>
  );
}
