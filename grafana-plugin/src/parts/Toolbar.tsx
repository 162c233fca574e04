import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Dropdown, IconButton, Menu, RadioButtonGroup, Toggletip, useStyles2 } from '@grafana/ui';
import { VIEWS, type ViewId } from '../views';

interface Props {
  readonly view: ViewId;
  readonly onView: (view: ViewId) => void;
  readonly table: boolean;
  /** Without one of these its button is not there. */
  readonly onTable: ((table: boolean) => void) | undefined;
  readonly onCsv: (() => void) | undefined;
  readonly onPng: (() => void) | undefined;
  /** How the fields were read, a sentence each. */
  readonly explanation: readonly string[];
}

/** The switch between views, the table of the same numbers, both as files, and how the fields were read. */
export function Toolbar({ view, onView, table, onTable, onCsv, onPng, explanation }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.bar} data-no-picture>
      <RadioButtonGroup
        size="sm"
        aria-label="View"
        options={VIEWS.map(({ id, label }) => ({ value: id, label }))}
        value={view}
        onChange={onView}
      />
      {onTable && (
        <IconButton
          name="table"
          variant={table ? 'primary' : 'secondary'}
          aria-pressed={table}
          tooltip={table ? 'Show the picture' : 'Show the numbers as a table'}
          onClick={() => onTable(!table)}
        />
      )}
      {onCsv && (
        <Dropdown
          placement="bottom-end"
          overlay={
            <Menu>
              <Menu.Item label="Numbers as CSV" icon="table" onClick={onCsv} />
              {onPng && <Menu.Item label="Picture as PNG" icon="camera" onClick={onPng} />}
            </Menu>
          }
        >
          <IconButton name="download-alt" variant="secondary" aria-label="Download" />
        </Dropdown>
      )}
      <Toggletip
        title="How the fields were read"
        placement="bottom-end"
        content={
          <ul className={styles.list}>
            {explanation.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        }
      >
        <IconButton name="info-circle" variant="secondary" aria-label="How the fields were read" />
      </Toggletip>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5), flex: 'none' }),
  list: css({ margin: 0, paddingLeft: theme.spacing(2), whiteSpace: 'normal' }),
});
