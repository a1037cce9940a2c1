import fc from 'fast-check';

/** In CI properties are tried with the same values each time: a run says something of the change, not of luck. Elsewhere they explore. */
if (process.env['CI'] !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_121 });
