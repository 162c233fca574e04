import { useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { CAPTURE_ROLES, readCapture } from '../capture/capture';
import { formatsOf } from '../parts/formats';
import { Statement } from '../parts/Statement';
import { describeFindings, findingsOf } from './correlationFindings';
import { CorrelationKey } from './CorrelationKey';
import { correlationModel } from './correlationModel';
import type { CorrelationOptions } from './correlationOptions';
import { intervalTable } from './intervalTable';
import { Lags } from './Lags';
import { describeLags } from './lagsModel';
import { Points } from './Points';
import { defineView, type ViewProps } from './view';

/** A point per interval, cost against throughput: the slope of the line is what one more packet costs. */
function Correlation(props: ViewProps) {
  const { capture, width, height, timeZone, onOptions, toolbar } = props;
  const theme = useTheme2();
  const options = useMemo(() => possible(props.options, capture.hasLoss), [props.options, capture.hasLoss]);
  const formats = useMemo(() => formatsOf(capture), [capture]);
  const findings = useMemo(() => findingsOf(capture, options.lines), [capture, options.lines]);
  const model = useMemo(
    () => correlationModel(capture, findings, options, formats, theme, timeZone),
    [capture, findings, options, formats, theme, timeZone],
  );
  const lagged = options.shown === 'lags';
  const statement = lagged
    ? describeLags(findings.lags)
    : describeFindings(findings, model.offScale, capture, options.lines, formats);
  const said = `${statement.result}, ${statement.trust}.`;
  const Shown = lagged ? Lags : Points;
  return (
    <>
      <Statement {...statement} toolbar={toolbar} />
      <Shown {...props} options={{ ...props.options, ...options }} {...{ model, findings, formats, said }} />
      <CorrelationKey
        {...{ model, findings, formats, options, onOptions }}
        hasLoss={capture.hasLoss}
        compact={isCompact(width, height)}
      />
    </>
  );
}

const isCompact = (width: number, height: number): boolean => width < 520 && height < 560;

/** Without loss there are no colours of loss. */
function possible(options: CorrelationOptions, hasLoss: boolean): CorrelationOptions {
  return options.colorBy === 'loss' && !hasLoss ? { ...options, colorBy: 'time' } : options;
}

export const correlation = defineView({
  id: 'correlation',
  label: 'Correlation',
  description:
    'Cost against throughput, a point per interval; the slope of the line is the cost of one more packet.',
  uses: CAPTURE_ROLES,
  read: readCapture,
  Component: Correlation,
  table: intervalTable,
});
