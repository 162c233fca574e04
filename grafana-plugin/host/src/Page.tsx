import { createTheme, ThemeContext, type GrafanaTheme2 } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { useEffect, useMemo, useState, type ReactNode } from 'react';

type Mode = 'dark' | 'light';

/** The theme, and the way to change it. */
export interface ThemeChoice {
  readonly theme: GrafanaTheme2;
  readonly onToggleTheme: () => void;
}

interface Props {
  /** `dark` or `light` to insist on one; anything else: as chosen before, or as the system is. */
  readonly theme: string | null;
  readonly children: (choice: ThemeChoice) => ReactNode;
}

const REMEMBERED = 'trapline-theme';

/** What Grafana wraps around everything: theme, base styles, and a place for tooltips. */
export function Page({ theme: wanted, children }: Props) {
  const [mode, setMode] = useState<Mode>(() => firstMode(wanted));
  const theme = useMemo(() => createTheme({ colors: { mode } }), [mode]);
  useEffect(() => {
    document.documentElement.style.colorScheme = mode;
    document.body.style.background = theme.colors.background.canvas;
  }, [mode, theme]);
  const [lettered, setLettered] = useState(false);
  useEffect(() => {
    // Letters that a canvas shows before their font is there stay as they are. GlobalStyles has named the font by now;
    // a page without it is better than none.
    void document.fonts
      .load('12px Inter')
      .catch(() => undefined)
      .then(() => setLettered(true));
  }, []);
  const toggle = () => {
    const next = mode === 'dark' ? 'light' : 'dark';
    localStorage.setItem(REMEMBERED, next);
    setMode(next);
  };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {lettered && children({ theme, onToggleTheme: toggle })}
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

function firstMode(wanted: string | null): Mode {
  const known = [wanted, localStorage.getItem(REMEMBERED)].find(
    (mode) => mode === 'dark' || mode === 'light',
  );
  return known ?? (window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
}
