/** Tells what becomes of mutants while a run is on its way: it takes an hour or more. */
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { MutationTestingPlanReadyEvent, Reporter } from '@stryker-mutator/api/report';

const EVERY = 100;

class TellingReporter implements Reporter {
  private planned = 0;
  private tested = 0;
  private survived = 0;

  onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent): void {
    this.planned = mutantPlans.length;
  }

  onMutantTested(result: Readonly<MutantResult>): void {
    this.tested += 1;
    if (result.status === 'Survived' || result.status === 'NoCoverage') {
      this.survived += 1;
      const place = `${relative(process.cwd(), result.fileName)}:${result.location.start.line}`;
      const change = result.replacement.replaceAll(/\s+/g, ' ').slice(0, 80);
      console.log(`  ${result.status}: ${place} ${result.mutatorName} → ${change}`);
    }
    if (this.tested % EVERY === 0 || this.tested === this.planned) {
      console.log(`${this.tested} of ${this.planned} mutants, ${this.survived} survived`);
    }
  }
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.Reporter, 'telling', () => new TellingReporter()),
];
