/** Numbers and dates as this application writes them: tabular, true minus, explicit plus, Sydney dates. */

const formats = new Map<number, Intl.NumberFormat>();

function decimals(digits: number): Intl.NumberFormat {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en-AU", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  return format;
}

/** A number with a true minus sign. */
export function fixed(value: number, digits = 2): string {
  const text = decimals(digits).format(Math.abs(value));
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A number with its sign always shown, except for what rounds to zero. */
export function signed(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A share price in A$; below two dollars the exchange's tick needs a third digit. */
export const price = (value: number): string => fixed(value, Math.abs(value) < 2 ? 3 : 2);

/** A fraction as a percentage: 0.123 is 12.3%. */
export const percent = (value: number, digits = 1): string => `${fixed(value * 100, digits)}%`;

/** A fraction as a percentage with its sign. */
export const signedPercent = (value: number, digits = 1): string => `${signed(value * 100, digits)}%`;

/** A large amount in at most four characters and a unit: 52.3m. */
export function compact(value: number): string {
  const steps = [[1e9, "bn"], [1e6, "m"], [1e3, "k"]] as const;
  const step = steps.find(([size]) => Math.abs(value) >= size);
  if (!step) return fixed(value, 0);
  const scaled = value / step[0];
  return fixed(scaled, Math.abs(scaled) < 100 ? 1 : 0) + step[1];
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const WEEKDAY = new Intl.DateTimeFormat("en-AU", { weekday: "short", timeZone: "UTC" });
const SYDNEY = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: "Australia/Sydney" });

/** A session date `2026-11-20` as `20 Nov 2026`; months have three letters, so that dates line up. */
export function day(isoDate: string): string {
  const [year, month, date] = isoDate.split("-").map(Number) as [number, number, number];
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

/** A session date with its weekday. */
export const session = (isoDate: string): string => `${WEEKDAY.format(new Date(`${isoDate}T00:00:00Z`))} ${day(isoDate)}`;

/** An instant as the clock in Sydney shows it. */
export function moment(instant: string): string {
  const [date, clock] = SYDNEY.format(new Date(instant)).split(" ") as [string, string];
  return `${day(date)}, ${clock} Sydney`;
}

/** How long ago an instant was, in one rounded unit. */
export function ago(instant: string, now: number = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  if (seconds < 10) return "just now";
  for (const [size, unit] of [[86_400, "d"], [3600, "h"], [60, "min"]] as const) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  }
  return `${Math.floor(seconds)} s ago`;
}

/** A span between two instants: 41 s, 2 min 5 s. */
export function span(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (seconds < 60) return `${fixed(seconds, seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `model_a` as people say it. */
export const modelName = (id: string): string =>
  id.split("_").map((word, i) => (i === 0 || word.length === 1 ? word.charAt(0).toUpperCase() + word.slice(1) : word)).join(" ");

/** The direction of a number, or of a number as written: what rounds to nothing has none. */
export function tone(value: number, written?: string): "up" | "down" | "" {
  if (value === 0 || (written !== undefined && !/[1-9]/.test(written))) return "";
  return value > 0 ? "up" : "down";
}

/** A factor's value in its own unit, as the API names units; nothing for a missing one. */
export function measured(value: number | null, unit: string): string {
  if (value === null) return "";
  if (unit === "fraction a year") return `${percent(value)} a year`;
  if (unit === "fraction per A$ million") return `${percent(value, 3)} per A$m`;
  if (unit === "fraction") return percent(value);
  if (unit === "A$") return `A$${compact(value)}`;
  if (unit === "ratio") return `${fixed(value)}×`;
  if (unit === "standard deviations") return `${signed(value)} sd`;
  return fixed(value, Math.abs(value) >= 10 ? 0 : 2);
}
