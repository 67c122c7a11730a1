/** Bugs in what is said of access: who, of whom, and what stands out. */
import { plant } from './plant.ts';
import { FORECAST_BUGS } from './planted-bugs-forecast.ts';
import { LINT_BUGS } from './planted-bugs-lint.ts';
import { REACH_BUGS } from './planted-bugs-reach.ts';
import { WHO_BUGS } from './planted-bugs-who.ts';
import { SEARCHES } from './searches.ts';

const { who, reaches, lint, added, forecasts } = SEARCHES;

plant([
  { name: 'who', bugs: WHO_BUGS, searches: [who] },
  { name: 'reach', bugs: REACH_BUGS, searches: [reaches] },
  { name: 'lint', bugs: LINT_BUGS, searches: [lint, added] },
  { name: 'forecast', bugs: FORECAST_BUGS, searches: [forecasts] },
]);
