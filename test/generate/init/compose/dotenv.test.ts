import { expect, it } from 'vitest';
import { parseDotenv } from '../../../../src/generate/init/compose/dotenv.ts';

it.each([
  ['A=1', '1'],
  ['  export A = 1  ', '1'],
  ['A=1 # comment', '1'],
  ['A=1#no comment', '1#no comment'],
  ['A="1 # no comment" # comment', '1 # no comment'],
  ["A='$B \\n'", '$B \\n'],
  ['A="a\\nb"', 'a\nb'],
  ['A="a\nb"', 'a\nb'],
  [`B=2\nA=\${B}3`, '23'],
  [`A=\${C:-4}`, '4'],
  ['A: 5', '5'],
  ['A=', ''],
  ['# A=1\nA=6', '6'],
  ['A=7\r\nB=8', '7'],
])('%j gives A the value %j', (text, value) => {
  expect(parseDotenv(text).get('A')).toBe(value);
});
