/**
 * The Desk in a real browser, on a real server with the demo company: what each persona sees,
 * with mouse and with the keyboard only, in light and in dark.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { BROWSER_FLAGS, findBrowser } from '../support/find-browser.ts';

const executablePath = findBrowser();
const skip = executablePath === null ? 'no Chromium here; CHROMIUM_PATH may name one' : false;

const SLIPS = '/#/list/Salary%20Slip';
/** Colours are measured where they have come to rest; what turns for ever is not waited for. */
const RESTING = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
    .map(({ finished }) => finished),
)`;
const HOME = 'What you may read';

describe('the Desk', { skip }, () => {
  let server: DemoServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  before(async () => {
    server = await demoServer();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: BROWSER_FLAGS });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    const viewport = { width: 1200, height: 850 };
    context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', viewport });
    context.setDefaultTimeout(15_000);
    await context.addInitScript({ content: axe.source });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium reports refused requests as errors of the page; each test reads the answers.
      const isRefusal = /^Failed to load resource: .* status of 40[14] /.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isRefusal) {
        complaints.push(message.text());
      }
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) complaints.push(`asked ${request.url()}`);
    });
  });
  afterEach(async () => {
    await context.close();
    // Violations of the content security policy come as errors on the console, too.
    assert.deepEqual(complaints, []);
    assert.deepEqual(server.errors, []);
  });

  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });

  /** Opens a session without the sign-in screen, then a place of the Desk. */
  async function open(persona: string, place: string): Promise<void> {
    const data = { usr: `${persona}@demo.test`, pwd: server.password };
    const answer = await context.request.post(`${server.url}/api/method/login`, { data });
    assert.equal(answer.status(), 200);
    await page.goto(server.url + place);
  }

  async function fillInPassword(password: string): Promise<void> {
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async function assertAccessible(screen: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page
        .locator(`html[data-mantine-color-scheme="${colorScheme}"]`)
        .waitFor({ state: 'attached' });
      await page.evaluate(RESTING);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      assert.deepEqual(found, [], `${screen}, ${colorScheme}`);
    }
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, screen);
  }

  /** Presses Tab until the focus is on something with this text. */
  async function tabTo(text: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const focus = page.locator(':focus');
      const isNowhere = (await focus.count()) === 0;
      const current = isNowhere
        ? ''
        : ((await focus.getAttribute('aria-label')) ?? (await focus.textContent()) ?? '');
      if (current.trim().replace(/\s*[↑↓]$/, '') === text) return;
    }
    assert.fail(`Tab does not lead to ${text}`);
  }

  /** The position of a list's column, counted from 1. */
  async function columnOf(label: string): Promise<number> {
    const labels = await page.locator('thead th').allTextContents();
    const position = 1 + labels.findIndex((text) => text.replace(/[↑↓]$/, '') === label);
    assert.notEqual(position, 0, `a column ${label}`);
    return position;
  }

  const columnTexts = (column: number) =>
    page.locator(`tbody tr > *:nth-child(${column})`).allTextContents();

  test('signs a person of the demo in, says plainly when the password is wrong', async () => {
    await page.goto(server.url);
    await page.getByRole('button', { name: /employee@demo\.test/ }).click();
    assert.equal(await page.getByLabel('E-mail address').inputValue(), 'employee@demo.test');
    await assertAccessible('sign in');

    await fillInPassword('not the password');
    await page.getByRole('alert').getByText('password is not right').waitFor();
    await assertAccessible('sign in refused');

    await fillInPassword(server.password);
    await heading(HOME).waitFor();
    await page.getByText('Ewan Hartley').waitFor();
    await page.getByRole('link', { name: 'Salary Slip' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Sales Invoice' }).count(), 0);
    await assertAccessible('home');

    await page.getByLabel('Filter by name').fill('slip');
    await page.getByText('1 doctype', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading('Sign in').waitFor();
    assert.equal(await page.getByText('Your session has ended').count(), 0);
  });

  test('shows an employee their own payslips, and why', async () => {
    await open('employee', SLIPS);
    await page.getByText('1–24 of 24').waitFor();
    assert.deepEqual(new Set(await columnTexts(2)), new Set(['HR-EMP-00042']));
    await assertAccessible('list');

    const name = (await columnTexts(1))[0] ?? '';
    await page.getByRole('link', { name }).click();
    await heading(`Salary Slip ${name}`).waitFor();
    await page.getByRole('table', { name: 'Earnings' }).waitFor();
    await page.getByRole('columnheader', { name: 'Component' }).first().waitFor();
    assert.match(await page.locator('dl').first().innerText(), /Net Pay\s+£[\d,]+\.\d\d/);
    await page.getByText('Submitted', { exact: true }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'HR-EMP-00042' }).count(), 1);
    // Companies may be linked to, but not read: no link leads there.
    assert.equal(await page.getByRole('link', { name: 'Larkspur UK' }).count(), 0);
    await assertAccessible('document');

    const why = page.getByRole('button', { name: 'Why can I see this?' });
    await why.click();
    const panel = page.getByRole('dialog', { name: 'Why can I see this' });
    await panel.getByRole('heading', { name: 'You hold the role Employee' }).waitFor();
    await panel.getByText('Employee: HR-EMP-00042').waitFor();
    await panel.getByText(/^GRANT-\d+$/).waitFor();
    await assertAccessible('why');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await why.and(page.locator(':focus')).waitFor();
  });

  test('shows nothing to somebody whose grant has no scope, and says what is missing', async () => {
    await open('new-hire', SLIPS);
    await page.getByText('Nothing here that you were granted', { exact: true }).waitFor();
    await assertAccessible('empty list');
    await page.getByRole('button', { name: 'Why?' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByText('which names no Employee').waitFor();
    await panel.getByText('permission-manager@demo.test').waitFor();
    await assertAccessible('why not');
  });

  test('tells a hidden document from a missing one by nothing', async () => {
    await open('employee', '/#/doc/Salary%20Slip/NO-SUCH-SLIP');
    const alert = page.getByRole('alert');
    await alert.getByRole('heading', { name: 'Not found' }).waitFor();
    const missing = await alert.innerText();
    assert.match(missing, /Code\s+not_found\s*, request\s+\S+/);
    await assertAccessible('not found');

    await page.goto(`${server.url}/#/doc/Salary%20Slip/${await slipOfSomebodyElse()}`);
    await heading(`Salary Slip ${await slipOfSomebodyElse()}`).waitFor();
    await alert.getByRole('heading', { name: 'Not found' }).waitFor();
    const blind = (text: string) =>
      text.replace(/(NO-SUCH-SLIP|SAL-[\d-]+)/, 'NAME').replace(/request\s+\S+/, 'request');
    assert.equal(blind(await alert.innerText()), blind(missing));

    await page.goto(`${server.url}/#/list/Sales%20Invoice`);
    await alert.getByRole('heading', { name: 'No such doctype' }).waitFor();
    await page.goto(`${server.url}/#/no/such/place/here`);
    await heading('There is no such page').waitFor();
    await assertAccessible('no such page');
  });

  async function slipOfSomebodyElse(): Promise<string> {
    const other = await browser.newContext();
    try {
      const data = { usr: 'hr-manager@demo.test', pwd: server.password };
      await other.request.post(`${server.url}/api/method/login`, { data });
      const filters = JSON.stringify([['employee', '!=', 'HR-EMP-00042']]);
      const query = new URLSearchParams({ filters, limit_page_length: '1', order_by: 'name asc' });
      const answer = await other.request.get(`${server.url}/api/resource/Salary Slip?${query}`);
      return (await answer.json()).data[0].name;
    } finally {
      await other.close();
    }
  }

  test('sorts, pages and filters a list with the keyboard only', async () => {
    await open('branch-accountant', '/');
    await heading(HOME).waitFor();
    await page.getByRole('link', { name: 'Sales Invoice' }).waitFor();
    await page.keyboard.press('Tab');
    const skipLink = page.getByRole('button', { name: 'Skip to the content' });
    await skipLink.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await tabTo('Sales Invoice');
    await page.keyboard.press('Enter');
    await heading('Sales Invoice').waitFor();
    await page.getByText(/^1–25 of [\d,]+$/).waitFor();
    await page.locator('h1:focus').waitFor();

    await tabTo('Grand Total');
    for (const [direction, sign] of [
      ['ascending', 1],
      ['descending', -1],
    ] as const) {
      await page.keyboard.press('Enter');
      await page.locator(`th[aria-sort="${direction}"]`, { hasText: 'Grand Total' }).waitFor();
      await page.locator('table[aria-busy="false"]').waitFor();
      const amounts = (await columnTexts(await columnOf('Grand Total'))).map((text) =>
        Number(text.replace(/[£,]/g, '')),
      );
      assert.equal(amounts.length, 25);
      const sorted = amounts.toSorted((one, other) => sign * (one - other));
      assert.deepEqual(amounts, sorted);
    }
    const first = await columnTexts(1);
    await tabTo('Next page');
    await page.keyboard.press('Enter');
    await page.getByText(/^26–50 of [\d,]+$/).waitFor();
    await page.locator('table[aria-busy="false"]').waitFor();
    assert.equal((await columnTexts(1)).filter((name) => first.includes(name)).length, 0);
    await page.goBack();
    await page.getByText(/^1–25 of [\d,]+$/).waitFor();

    await page.getByLabel('Field', { exact: true }).focus();
    await page.keyboard.type('Status');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Overdue');
    await tabTo('Apply');
    await page.keyboard.press('Enter');
    await page.waitForURL(/field=status&op=is&value=Overdue/);
    await page.locator('table[aria-busy="false"]').waitFor();
    await assertAccessible('filtered list');
    assert.deepEqual(new Set(await columnTexts(await columnOf('Status'))), new Set(['Overdue']));
  });

  test('shows markup in a name and in a field as the text it is', async () => {
    // Names take no angle brackets; all else that could leave an attribute or an address they do.
    const name = `"quoted' onfocus=alert(1) & %2F/..?#\\`;
    const markup = `<img src=x onerror="document.title='owned'"><script>alert(1)</script>`;
    await open('branch-accountant', '/');
    const data = { customer_name: name, email_id: markup };
    const made = await context.request.post(`${server.url}/api/resource/Customer`, { data });
    assert.equal(made.status(), 200, await made.text());

    await page.goto(`${server.url}/#/list/Customer?field=email_id&op=contains&value=onerror`);
    await page.getByRole('cell', { name: markup }).waitFor();
    await page.getByRole('link', { name }).click();
    await heading(`Customer ${name}`).waitFor();
    await page.getByText(markup, { exact: true }).waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), `Customer ${name} · Bailiwick`);
    await page.reload();
    await heading(`Customer ${name}`).waitFor();
    await page.getByText(markup, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Why can I see this?' }).click();
    await page.getByRole('heading', { name: 'You hold the role Accounts User' }).waitFor();
  });

  test('leads back to the same place when a session has ended', async () => {
    await open('employee', SLIPS);
    await page.getByText('1–24 of 24').waitFor();
    await context.clearCookies();
    await page.getByRole('table').getByRole('link').first().click();
    await heading('Sign in').waitFor();
    await page.getByText('Your session has ended').waitFor();
    await assertAccessible('session ended');
    await page.getByLabel('E-mail address').fill('employee@demo.test');
    await fillInPassword(server.password);
    await page.getByRole('heading', { level: 1, name: /^Salary Slip SAL-/ }).waitFor();
    await page.getByRole('table', { name: 'Earnings' }).waitFor();
  });

  test('says so when the server does not answer, and goes on when it does', async () => {
    await open('employee', '/');
    await page.getByRole('link', { name: 'Salary Slip' }).waitFor();
    await page.route('**/api/resource/**', (route) => route.abort());
    await page.getByRole('link', { name: 'Salary Slip' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await assertAccessible('unreachable');
    await page.unroute('**/api/resource/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1–24 of 24').waitFor();
    complaints = complaints.filter((text) => !text.includes('net::ERR_FAILED'));
  });
});
