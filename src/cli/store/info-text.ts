import { formatDuration } from '../../ground/duration.ts'
import type { StoreInfo } from '../../stores/kept.ts'
import { aligned } from '../card/aligned.ts'
import { printable } from '../printable.ts'

const DAY_MS = 86_400_000
const INSTANCES_SHOWN = 20

/** What a store holds, for people. */
export function infoText(info: StoreInfo, nowMs: number): string {
  const { kind, place, bytes, schema, newestSchema, services, tiers, events, claims, instances, leases } =
    info
  const older = schema < newestSchema ? ` (this Yardstick has ${newestSchema}: yardstick store migrate)` : ''
  const rest = instances.length - INSTANCES_SHOWN
  return [
    `${kind}  ${place}`,
    `${(bytes / 2 ** 20).toFixed(1)} MiB · tables of version ${schema}${older}`,
    `services: ${services.join(', ') || 'none yet'} · ${events} events · ${claims} claims`,
    '',
    ...aligned([
      ['TIER', 'ROWS', 'FROM', 'TO', 'REACHES BACK'],
      ...tiers.map(({ tierMs, rows, held }) => [
        formatDuration(tierMs),
        String(rows),
        held === undefined ? '–' : iso(held.fromMs),
        held === undefined ? '–' : iso(held.toMs),
        held === undefined ? '–' : ageText(nowMs - held.fromMs),
      ]),
    ]),
    '',
    ...aligned([
      ['LAST SEEN', 'SERVICE', 'INSTANCE', 'HOST', 'PID', 'VERSION'],
      ...instances
        .slice(0, INSTANCES_SHOWN)
        .map(({ seenMs, service, instance, host, pid, version }) => [
          `${ageText(nowMs - seenMs)} ago`,
          service,
          instance,
          host ?? '–',
          String(pid ?? '–'),
          version ?? '–',
        ]),
    ]),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
    '',
    ...aligned([
      ['LEASE', 'TOKEN', 'HOLDER', 'UNTIL'],
      ...leases.map(({ name, token, holder, untilMs }) => [
        name,
        String(token),
        holder,
        untilMs === 0 ? 'given back' : iso(untilMs),
      ]),
    ]),
  ]
    .map(printable)
    .join('\n')
}

/** The same for programs, in the API's spelling. */
export function infoJson(info: StoreInfo): object {
  return {
    kind: info.kind,
    place: info.place,
    bytes: info.bytes,
    schema: info.schema,
    newest_schema: info.newestSchema,
    services: info.services,
    tiers: info.tiers.map(({ tierMs, rows, held }) => ({
      tier_ms: tierMs,
      rows,
      from_ms: held?.fromMs ?? null,
      to_ms: held?.toMs ?? null,
    })),
    events: info.events,
    claims: info.claims,
    instances: info.instances.map(({ service, instance, seenMs, host, pid, version }) => {
      const who = { host: host ?? null, pid: pid ?? null, version: version ?? null }
      return { service, instance, seen_ms: seenMs, ...who }
    }),
    leases: info.leases.map(({ name, holder, token, untilMs }) => ({
      name,
      holder,
      token,
      until_ms: untilMs,
    })),
  }
}

function iso(ms: number): string {
  // A damaged row may say any time.
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : String(ms)
}

function ageText(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${(ms / DAY_MS).toFixed(1)} days`
  return formatDuration(Math.max(ms, 0))
}
