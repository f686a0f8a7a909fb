/** In the place of what came where it may be a secret: whoever reads it should know why they do not see it. */
export const WITHHELD = 'something else (not shown, for it may be confidential)'
