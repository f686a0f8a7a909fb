import { formatDuration } from '../ground/duration.ts'
import { formatCount } from '../targets/reason.ts'
import { alertLines } from './card/alerts.ts'
import { columns, fitted, flowed, wrapped } from './card/columns.ts'
import type { CardData, SelfData } from './card/data.ts'
import { gradeInk, painted } from './card/ink.ts'
import { judged, unmeasured } from './card/judged.ts'
import { recorderText } from './card/recorder-text.ts'
import { lacksRoutes, NO_ROUTES } from './card/routes.ts'
import { runtimeLines } from './card/runtime.ts'
import { shares, slowest } from './card/slowest.ts'
import type { Paper } from './card/table.ts'
import { NOTHING, percentText, rateText, shareText } from './card/wording.ts'

export interface CardOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly color: boolean
  /** Now, in wall time: tells how old the figures are. */
  readonly nowMs: number
  /** Lines there are; the list of series is shortened to fit. Default: no limit, 10 series. */
  readonly height?: number
}

const SERIES = 10
const ALERTS = 5
const OLD_MS = 5_000

/**
 * The report card of a service as text, a line break after every line. Pure: the same data and options give the same
 * text.
 */
export function renderCard(data: CardData, { width, color, nowMs, height = Infinity }: CardOptions): string {
  const paper: Paper = { width, color }
  const fire = [...alertLines(data.firing, ALERTS, paper), ...wrapped(data.grace, width)]
  const alerts = section('ALERTS', fire, paper)
  const top = [...heading(data, nowMs, paper), '', ...alerts]
  const bottom = notes(data, paper)
  const whole = section('', judged(data, paper), paper)
  const fits = top.length + whole.length + bottom.length <= height
  const targets = fits ? whole : section('', judged(data, { ...paper, brief: true }), paper)
  const room = height - top.length - targets.length - bottom.length - 3
  const series = section('MOST TIME', slowest(data, Math.min(SERIES, room), paper), paper)
  const lines = [...top, ...targets, ...series, ...bottom]
  while (lines.at(-1) === '') lines.pop()
  return lines
    .slice(0, height)
    .map((line) => `${line}\n`)
    .join('')
}

function heading(data: CardData, nowMs: number, paper: Paper): string[] {
  const { overall, service, window, atMs } = data
  const name = fitted(`yardstick · ${service || 'unnamed service'}`, paper.width)
  const when = `last ${window} to ${new Date(atMs).toISOString().slice(11, 19)} UTC`
  const gap = paper.width - columns(name) - columns(when)
  const first = gap < 2 ? [name, when] : [name + ' '.repeat(gap) + when]
  const grade = overall.grade ?? NOTHING
  const [graded = '', ...more] = wrapped(`Grade ${grade}: ${overall.reason}`.replace(/: $/, ''), paper.width)
  return [
    ...first.map((line) => painted(fitted(line, paper.width), 'title', paper.color)),
    ...stale(atMs, nowMs, paper),
    '',
    graded.replace(grade, painted(grade, gradeInk(overall.grade), paper.color)),
    ...more,
    ...flowed(compliance(data), paper.width, ''),
    ...flowed(traffic(data), paper.width, ''),
  ]
}

function stale(atMs: number, nowMs: number, { color, width }: Paper): string[] {
  if (atMs === 0 || nowMs - atMs < OLD_MS) return []
  const text = `These figures are ${formatDuration(nowMs - atMs)} old: the service makes no new ones.`
  return [painted(fitted(text, width), 'bad', color)]
}

function compliance({ overall }: CardData): string[] {
  const { status, compliance: mean, met, close, failing, notMeasured } = overall
  const named = (count: number | null, name: string): string[] => (count === null ? [] : [`${count} ${name}`])
  return [
    `Compliance ${status || 'unknown'}${mean === null ? '' : `, ${percentText(mean)} on average`}`,
    ...named(met, met === 1 ? 'target met' : 'targets met'),
    ...named(close, 'close'),
    ...named(failing, 'failing'),
    ...named(notMeasured, 'not measured'),
  ]
}

function traffic({ users, inFlight, alerts, overall, components }: CardData): string[] {
  const requests = components.find(({ component }) => component === 'request')
  const counted = (count: number | null, one: string, many: string): string[] =>
    count === null ? [] : [`${count === 0 ? 'no' : count} ${count === 1 ? one : many}`]
  return [
    ...counted(users, 'user', 'users'),
    ...(inFlight === null ? [] : [`${inFlight} in flight`]),
    ...(requests === undefined || requests.n === 0
      ? ['no requests']
      : [`${rateText(requests.ratePerSecond)} requests`, `${shareText(requests.errorRate)} errors`]),
    ...counted(alerts, 'alert', 'alerts'),
    ...(overall.trend === null ? [] : [`trend ${overall.trend}`]),
  ]
}

function section(title: string, lines: readonly string[], { color }: Paper): string[] {
  if (lines.length === 0) return []
  return [...(title === '' ? [] : [painted(title, 'title', color)]), ...lines, '']
}

function notes(data: CardData, paper: Paper): string[] {
  const faint = (lines: readonly string[]): string[] =>
    lines.map((line) => painted(line, 'faint', paper.color))
  const unmet = unmeasured(data)
  const missing = unmet.map(({ id }) => id)
  const where = shares(data)
  const doubtful = data.targets.some(({ n, lowConfidence }) => n > 0 && lowConfidence)
  return [
    ...(where.length === 0 ? [] : flowed([`Request time: ${where[0]}`, ...where.slice(1)], paper.width, '')),
    ...runtimeLines(data.runtime, paper),
    ...(missing.length === 0
      ? []
      : flowed([`Not measured: ${missing[0]}`, ...missing.slice(1)], paper.width, '')),
    ...(unmet.some((target) => lacksRoutes(target, data))
      ? faint(wrapped(`Targets on routes: ${NO_ROUTES}`, paper.width))
      : []),
    ...(doubtful
      ? faint(wrapped('? low confidence: too few seconds yet, or too wide a range', paper.width))
      : []),
    ...(data.self === null ? [] : faint(flowed(about(data.self), paper.width, ''))),
  ]
}

/** Yardstick's own cost, and whatever it could not do. */
function about(self: SelfData): string[] {
  const { version, cpuShare, seriesUsed, seriesLimit, folded, store, storeState } = self
  // A recorder may watch several libraries; those that have met none are for `yardstick doctor`.
  const met = self.recorders
    .filter(({ state }) => state !== 'waiting')
    .map((each) => {
      const { name, state, detail } = each
      return state === 'attached'
        ? name
        : `${recorderText(each)} (${[state, detail].filter(Boolean).join(': ')})`
    })
  const [first, ...others] = new Set(met)
  return [
    `Yardstick${version && ` ${version}`}${cpuShare === null ? '' : `: ${shareText(cpuShare)} of a core`}`,
    ...(seriesUsed === null ? [] : [`${seriesUsed} of ${seriesLimit ?? '?'} series`]),
    ...(folded === 0 ? [] : [`${folded} series counted as (other)`]),
    ...(store === '' ? [] : [`store ${store}${storeState === 'ok' ? '' : ` ${storeState}`}`]),
    ...lost(self),
    ...(first === undefined ? [] : [`recorders: ${first}`, ...others]),
  ]
}

/** What was recorded or happened, and is in no figure or store; nothing while there is none of it. */
function lost(self: SelfData): string[] {
  const { invalid, droppedBatches, droppedAlertEvents, unreadableAlertEvents, errors } = self
  const counts: readonly (readonly [number, string])[] = [
    [invalid, 'not recorded: the duration was no number'],
    [droppedBatches, 'batches dropped'],
    [droppedAlertEvents, 'events of alerts never saved'],
    [unreadableAlertEvents, 'stored events of alerts unreadable'],
    [errors, 'errors kept from the application'],
  ]
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${formatCount(count)} ${what}`]))
}
