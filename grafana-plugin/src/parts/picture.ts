/** Pixels around what is shown. */
const MARGIN = 8;

/**
 * What is seen of an element as an image, at the resolution of the screen.
 *
 * Browsers have no call for this. The usual way, HTML inside an SVG, loses the page's fonts; here every box, canvas,
 * drawn shape and letter is painted where the browser has laid it out. Elements marked `data-no-picture`, and those that
 * are for screen readers alone, stay out.
 */
export function pictureOf(element: HTMLElement, format: 'png' | 'jpeg' | 'webp'): Promise<Blob | null> {
  const box = element.getBoundingClientRect();
  const [left, top] = [box.left - MARGIN, box.top - MARGIN];
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  const ratio = window.devicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.translate(-left, -top);
  context.fillStyle = groundOf(element);
  context.fillRect(left, top, width, height);
  paint(element, context);
  return new Promise((resolve) => canvas.toBlob(resolve, `image/${format}`));
}

/** The first colour behind an element that hides what lies behind it. */
function groundOf(element: Element | null): string {
  for (let behind = element; behind; behind = behind.parentElement) {
    const { backgroundColor } = getComputedStyle(behind);
    if (backgroundColor.startsWith('rgb(')) {
      return backgroundColor;
    }
  }
  return 'white';
}

function paint(element: Element, context: CanvasRenderingContext2D): void {
  const style = getComputedStyle(element);
  if (
    element.matches('[data-no-picture], .sr-only') ||
    style.display === 'none' ||
    style.visibility === 'hidden'
  ) {
    return;
  }
  const box = element.getBoundingClientRect();
  context.save();
  context.globalAlpha *= Number(style.opacity);
  if (element instanceof SVGGeometryElement || element instanceof SVGTextElement) {
    paintShape(element, style, context);
  } else {
    paintBox(box, style, context);
    if (style.overflow !== 'visible') {
      context.beginPath();
      context.rect(box.x, box.y, box.width, box.height);
      context.clip();
    }
    if (element instanceof HTMLCanvasElement && element.width > 0 && element.height > 0) {
      context.drawImage(element, box.x, box.y, box.width, box.height);
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) {
        paint(child, context);
      } else if (child instanceof Text) {
        paintText(child, style, context);
      }
    }
  }
  context.restore();
}

function paintBox(box: DOMRect, style: CSSStyleDeclaration, context: CanvasRenderingContext2D): void {
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, parseFloat(style.borderRadius) || 0);
  context.fillStyle = style.backgroundColor;
  context.fill();
  const steps = style.backgroundImage.match(/rgba?\([^)]*\)/g);
  if (steps && style.backgroundImage.startsWith('linear-gradient(to right')) {
    const gradient = context.createLinearGradient(box.left, 0, box.right, 0);
    steps.forEach((color, i) => gradient.addColorStop(i / Math.max(1, steps.length - 1), color));
    context.fillStyle = gradient;
    context.fill();
  }
  const edges = [
    [style.borderTopWidth, style.borderTopStyle, style.borderTopColor, box.left, box.top, box.right, box.top],
    [
      style.borderBottomWidth,
      style.borderBottomStyle,
      style.borderBottomColor,
      box.left,
      box.bottom,
      box.right,
      box.bottom,
    ],
    [
      style.borderLeftWidth,
      style.borderLeftStyle,
      style.borderLeftColor,
      box.left,
      box.top,
      box.left,
      box.bottom,
    ],
    [
      style.borderRightWidth,
      style.borderRightStyle,
      style.borderRightColor,
      box.right,
      box.top,
      box.right,
      box.bottom,
    ],
  ] as const;
  for (const [width, line, color, ...ends] of edges) {
    if (parseFloat(width) > 0 && line !== 'none') {
      paintLine(context, ends, parseFloat(width), color, line === 'dashed' ? [4, 3] : []);
    }
  }
}

function paintLine(
  context: CanvasRenderingContext2D,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  width: number,
  color: string,
  dashes: number[],
): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.setLineDash(dashes);
  context.stroke();
}

/** Letter by letter in the middle of the place each has: a canvas knows no figures of equal width and no spacing. */
function paintText(text: Text, style: CSSStyleDeclaration, context: CanvasRenderingContext2D): void {
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.fillStyle = style.color;
  const range = document.createRange();
  let index = 0;
  for (const letter of text.data) {
    range.setStart(text, index);
    range.setEnd(text, (index += letter.length));
    const [box] = range.getClientRects();
    if (box && letter.trim()) {
      const {
        width,
        fontBoundingBoxAscent: ascent,
        fontBoundingBoxDescent: descent,
      } = context.measureText(letter);
      const baseline = box.y + (box.height - ascent - descent) / 2 + ascent;
      context.fillText(letter, box.x + (box.width - width) / 2, baseline);
    }
  }
}

function paintShape(
  element: SVGGeometryElement | SVGTextElement,
  style: CSSStyleDeclaration,
  context: CanvasRenderingContext2D,
): void {
  const { a, b, c, d, e, f } = element.getScreenCTM()!;
  context.transform(a, b, c, d, e, f);
  context.fillStyle = style.fill;
  context.strokeStyle = style.stroke;
  context.lineWidth = parseFloat(style.strokeWidth);
  context.setLineDash((style.strokeDasharray.match(/[\d.]+/g) ?? []).map(Number));
  const [fills, strokes] = [style.fill !== 'none', style.stroke !== 'none'];
  if (element instanceof SVGTextElement) {
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.lineJoin = 'round';
    const start = element.getStartPositionOfChar(0);
    if (strokes) {
      context.strokeText(element.textContent, start.x, start.y);
    }
    context.fillText(element.textContent, start.x, start.y);
    return;
  }
  const outline = new Path2D(outlineOf(element));
  if (fills) {
    context.fill(outline);
  }
  if (strokes) {
    context.stroke(outline);
  }
}

/** Path data of the shapes that the views draw; nothing for others. */
function outlineOf(element: SVGGeometryElement): string {
  if (element instanceof SVGLineElement) {
    const [x1, y1, x2, y2] = [element.x1, element.y1, element.x2, element.y2].map(
      ({ baseVal }) => baseVal.value,
    );
    return `M${x1} ${y1}L${x2} ${y2}`;
  }
  if (element instanceof SVGRectElement) {
    const [x, y, w, h] = [element.x, element.y, element.width, element.height].map(
      ({ baseVal }) => baseVal.value,
    );
    return `M${x} ${y}h${w}v${h}h${-w!}z`;
  }
  return element.getAttribute('d') ?? element.getAttribute('points')?.replace(/^/, 'M') ?? '';
}
