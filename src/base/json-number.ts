// SPDX-License-Identifier: Apache-2.0
// Which numbers of a JSON text stay what they are once they are read and written again.

/** Beyond this the nearest double is as near as 17 digits tell. */
const MIN_NORMAL = 2.2250738585072014e-308;
/** So many digits name exactly one double; more of them would say what no double can. */
const DOUBLE_DIGITS = 17;
/** No double needs more characters than 1.8e308 written out. */
const MAX_TEXT = 400;

/** A decimal number as `digits` × 10^`exponent`, without zeros at either end; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/**
 * True for a JSON number whose value stays what it is. Fractions of up to 17 digits count as the double that they name,
 * which is how many programs write them; whole numbers must stay the same to the last digit.
 * @see https://www.rfc-editor.org/rfc/rfc8259.html#section-6
 */
export function keepsItsValue(text: string): boolean {
  const value = Number(text);
  if (text.length > MAX_TEXT || !Number.isFinite(value) || Object.is(value, -0)) return false;
  const given = decimalOf(text);
  const written = decimalOf(String(value));
  if (given.digits === written.digits && given.exponent === written.exponent) return true;
  return given.exponent < 0 && given.digits.length <= DOUBLE_DIGITS && Math.abs(value) >= MIN_NORMAL;
}

function decimalOf(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.replace(/^-/, '').split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return { digits: '', exponent: 0 };
  return { digits: kept, exponent: Number(power) - fraction.length + digits.length - kept.length };
}
