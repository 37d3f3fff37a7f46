import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from './client.ts';

test('the adapter says what it can do, and no more', () =>
  withClient(async (client) => {
    const { exceptionBreakpointFilters = [], ...capabilities } = await client.initialize();
    assert.deepEqual(capabilities, {
      supportsConfigurationDoneRequest: true,
      supportsStepBack: true,
      supportsSteppingGranularity: true,
      supportsConditionalBreakpoints: true,
      supportsHitConditionalBreakpoints: true,
      supportsLogPoints: true,
      supportsBreakpointLocationsRequest: true,
      supportsDataBreakpoints: true,
      supportsExceptionFilterOptions: true,
      supportsExceptionInfoRequest: true,
      supportsSetVariable: true,
      supportsSetExpression: true,
      supportsEvaluateForHovers: true,
      supportsClipboardContext: true,
      supportsCompletionsRequest: true,
      completionTriggerCharacters: ['.', '(', '[', '_'],
      supportsReadMemoryRequest: true,
      supportsWriteMemoryRequest: true,
      supportsLoadedSourcesRequest: true,
      supportsTerminateRequest: true,
      supportsCancelRequest: true,
      supportsSingleThreadExecutionRequests: false,
    });
    assert.deepEqual(
      exceptionBreakpointFilters.map(({ filter, label, supportsCondition, default: on }) => [
        filter,
        label,
        supportsCondition,
        on,
      ]),
      [
        ['mismatch', 'The controller disagrees with the recording', true, false],
        ['hole', 'Access to a hole or with a bad width', true, false],
        ['spurious', 'Spurious acknowledge', true, false],
        ['divergence', 'Target and model differ', true, false],
      ],
    );
    for (const { conditionDescription } of exceptionBreakpointFilters)
      assert.match(conditionDescription ?? '', /access\./);
  }));
