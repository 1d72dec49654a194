import type { Locator, Page } from 'playwright-core';

/** A device for the use of a page. Names are accessible names, without `required` or a number in brackets at their end. */
export interface InputDevice {
  /** Activates a link, a button, a summary or a checkbox. */
  press(name: string): Promise<void>;
  /** Fills in a field, or chooses from a list. */
  fill(name: string, text: string): Promise<void>;
}

const pattern = (name: string): RegExp => new RegExp(`^${name.replace(/[.()]/g, '\\$&')}( required| \\(\\d+\\))?$`);

/**
 * Returns the mouse of a page. While a dialog is open, it finds elements in the dialog only. The name of an element in a group
 * of fields is `Tags, number 1 > Key`. It opens the closed summaries around an element.
 */
export function mouse(page: Page): InputDevice {
  const scopeOf = async (groups: readonly string[]): Promise<Page | Locator> => {
    const dialog = page.getByRole('dialog');
    const top = (await dialog.count()) > 0 ? dialog : page;
    return groups.reduce<Page | Locator>(
      (scope, name) => scope.getByRole('group', { name, exact: true, ...hidden }),
      top,
    );
  };
  const find = async (name: string, toLocator: (scope: Page | Locator, own: RegExp) => Locator): Promise<Locator> => {
    const groups = name.split(' > ');
    const found = toLocator(await scopeOf(groups.slice(0, -1)), pattern(groups.at(-1) ?? '')).first();
    await found.waitFor({ state: 'attached' });
    for (const summary of await found.locator('xpath=ancestor::details[not(@open)]/summary').all())
      await summary.click();
    return found;
  };
  return {
    async press(name) {
      const target = await find(name, (scope, own) => {
        const byRole = (role: 'link' | 'button' | 'checkbox') => scope.getByRole(role, { name: own, ...hidden });
        return byRole('link').or(byRole('button')).or(byRole('checkbox'));
      });
      await target.click();
    },
    async fill(name, text) {
      const field = await find(name, (scope, own) => scope.getByLabel(own));
      const isChoice = (await field.and(page.locator('select')).count()) > 0;
      await (isChoice ? field.selectOption(text) : field.fill(text));
    },
  };
}

const hidden = { includeHidden: true } as const;

/** Returns the keyboard of a page. It finds elements with Tab only. */
export function keyboard(page: Page): InputDevice {
  /** Moves the focus with Tab until it is on an element with this name. */
  const tabTo = async (name: string) => {
    const names: string[] = [];
    for (let step = 0; step < 80; step++) {
      const focused = await page.evaluate<string>(nameOfFocus);
      if (pattern(name).test(focused)) return;
      names.push(focused);
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${name}, but ${[...new Set(names)].join(', ')}.`);
  };
  return {
    async press(name) {
      await tabTo(name);
      await page.keyboard.press(await page.evaluate<string>(keyOfFocus));
    },
    async fill(name, text) {
      await tabTo(name);
      await page.keyboard.type(text);
    },
  };
}

/** An expression for the accessible name of the element with the focus. It covers the elements of the console only. */
export const nameOfFocus = `(({ ariaLabel, labels, innerText }) => (ariaLabel ?? labels?.[0]?.innerText ?? innerText).trim())(document.activeElement)`;

/** An expression for the key that activates the element with the focus. */
const keyOfFocus = `document.activeElement.type === 'checkbox' ? 'Space' : 'Enter'`;
