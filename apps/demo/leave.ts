/** Leave applications: nobody is away twice on one day. */
import { batches, type DemoBatch, type DemoDocument, Series } from './batch.ts';
import {
  isoDay,
  isWorkday,
  OPENING,
  TODAY,
  workdayFrom,
  workdaysBetween,
  yearOf,
} from './calendar.ts';
import { type Employee, isEmployed } from './employees.ts';
import { Random } from './random.ts';

type Leave = {
  readonly employee: Employee;
  readonly type: string;
  readonly first: number;
  readonly last: number;
  readonly halfDay: boolean;
  readonly applied: number;
  readonly status: 'Open' | 'Approved' | 'Rejected';
};

const KINDS = [
  { type: 'Annual Leave', weight: 68, days: [1, 10], reasons: ['Family holiday', 'Long weekend'] },
  { type: 'Sick Leave', weight: 22, days: [1, 4], reasons: ['Flu', 'Migraine', 'Back pain'] },
  { type: 'Parental Leave', weight: 2, days: [10, 25], reasons: ['New child'] },
  { type: 'Compassionate Leave', weight: 4, days: [1, 3], reasons: ['Family bereavement'] },
  { type: 'Leave Without Pay', weight: 4, days: [2, 8], reasons: ['Moving house', 'Wedding'] },
] as const;

/** The last day of a leave of so many workdays. */
function lastDay(first: number, workdays: number): number {
  let day = first;
  for (let left = workdays - 1; left > 0; ) {
    day++;
    if (isWorkday(day)) left--;
  }
  return day;
}

/** Plans reach two months ahead of today, and only they may still be undecided. */
const HORIZON = TODAY + 60;

function draw(random: Random, employee: Employee): (Leave & { reason: string }) | null {
  const kind = random.weighted(KINDS);
  const from = Math.max(OPENING, employee.joined + 14);
  const until = Math.min(HORIZON, employee.left ?? HORIZON);
  if (from >= until) return null;
  const first = workdayFrom(random.whole(from, until));
  const last = lastDay(first, random.whole(kind.days[0], kind.days[1]));
  const isSick = kind.type === 'Sick Leave';
  if ((isSick && last > TODAY) || !isEmployed(employee, last, last)) return null;
  const asked = Math.max(first - random.whole(3, 45), employee.joined);
  const applied = isSick ? first : Math.min(asked, TODAY);
  const undecided = first > TODAY && random.chance(0.6);
  const status = undecided ? 'Open' : !isSick && random.chance(0.06) ? 'Rejected' : 'Approved';
  const halfDay = first === last && random.chance(0.3);
  const reason = random.pick(kind.reasons);
  return { employee, type: kind.type, first, last, halfDay, applied, status, reason };
}

function document(name: string, leave: Leave & { reason: string }): DemoDocument {
  const { employee } = leave;
  return {
    name,
    ...(employee.user === null ? {} : { owner: employee.user }),
    docstatus: leave.status === 'Open' ? 0 : 1,
    values: {
      employee: employee.name,
      employee_name: employee.fullName,
      company: employee.company,
      department: employee.department,
      leave_type: leave.type,
      from_date: isoDay(leave.first),
      to_date: isoDay(leave.last),
      half_day: leave.halfDay ? 1 : 0,
      total_leave_days: leave.halfDay ? 0.5 : workdaysBetween(leave.first, leave.last),
      posting_date: isoDay(leave.applied),
      description: leave.reason,
      status: leave.status,
    },
  };
}

/** Leave applications of everybody, in order of application. */
export function* generateLeave(seed: number, employees: readonly Employee[]): Generator<DemoBatch> {
  const random = new Random(seed, 'leave');
  const series = new Series('HR-LAP');
  const all = employees.flatMap((employee) => {
    const own: (Leave & { reason: string })[] = [];
    const wanted = random.whole(3, 7);
    for (let attempt = 0; attempt < wanted; attempt++) {
      const leave = draw(random, employee);
      if (leave === null) continue;
      if (own.every((other) => leave.last < other.first || leave.first > other.last)) {
        own.push(leave);
      }
    }
    return own;
  });
  all.sort((a, b) => a.applied - b.applied);
  yield* batches(
    'Leave Application',
    all.map((leave) => document(series.next(yearOf(leave.applied)), leave)),
  );
}
