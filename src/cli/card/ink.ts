import { styleText } from 'node:util'

/** How a piece of text is set off. */
export type Ink = 'title' | 'faint' | 'good' | 'fair' | 'bad' | 'worst'

const STYLES = {
  title: 'bold',
  faint: 'dim',
  good: 'green',
  fair: 'yellow',
  bad: 'red',
  worst: ['bold', 'red'],
} as const satisfies Record<Ink, Parameters<typeof styleText>[0]>

/** The text in its ink, or as it is. */
export function painted(text: string, ink: Ink | undefined, color: boolean): string {
  if (!color || ink === undefined || text === '') return text
  return styleText(STYLES[ink], text, { validateStream: false })
}

const GRADE_INKS: Readonly<Record<string, Ink>> = { A: 'good', B: 'good', C: 'fair', D: 'bad', F: 'worst' }

/** Faint where there is no grade. */
export function gradeInk(grade: string | null): Ink {
  return GRADE_INKS[grade ?? ''] ?? 'faint'
}
