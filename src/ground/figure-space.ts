const REST = String.raw`(?:ms|s|min|h|d|%|×|\d{3})(?![\p{L}\d])`

/** The spaces within a figure, where no line may break: of `18 240`, `100 ms`, `95 %`. */
export const WITHIN_FIGURE: RegExp = new RegExp(String.raw`(?<=\d) (?=${REST})`, 'gu')

/** All other spaces. */
export const BETWEEN_WORDS: RegExp = new RegExp(String.raw`(?<!\d) | (?!${REST})`, 'u')
