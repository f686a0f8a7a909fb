// Runs in the page that shows a mail (`page.evaluate` of this text), so it is a script and not typed.
;(() => {
  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number)
    return alpha === 0 ? undefined : [red, green, blue]
  }
  const luminance = (of) => {
    const [red, green, blue] = of.map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (element) => {
    if (element === null) return [255, 255, 255]
    return colour(getComputedStyle(element).backgroundColor) ?? behind(element.parentElement)
  }
  let contrast = { worst: 21, of: '' }
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
    const text = own
      .map(({ textContent }) => textContent ?? '')
      .join('')
      .replace(/[\s\u200b]+/g, ' ')
      .trim()
    if (text === '' || getComputedStyle(element).display === 'none') continue
    const [one, other] = [luminance(colour(getComputedStyle(element).color)), luminance(behind(element))]
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    if (ratio < contrast.worst) contrast = { worst: ratio, of: text.slice(0, 40) }
  }
  return {
    wide: document.documentElement.scrollWidth,
    title: document.title,
    scripts: document.scripts.length,
    contrast,
    badge: document.querySelector('.badge')?.textContent ?? '',
    fold: document.querySelector('.figure')?.getBoundingClientRect().bottom ?? 0,
  }
})()
