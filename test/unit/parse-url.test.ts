import { expect } from 'chai';
import { parseUrl } from '../../lib/wire/parse-url.js';
import { sourceFiles, withoutComments } from '../helpers/source-files.js';

describe('parseUrl', () => {
  it('takes a URL apart', () => expect(parseUrl('http://127.1:80/x')?.href).to.equal('http://127.0.0.1/x'));

  it('knows what is no URL', () => expect(parseUrl('http://[::1')).to.equal(undefined));

  it('gives the same answer however often it is asked', () => {
    const answers = new Set(Array.from({ length: 30_000 }, () => parseUrl('https://Bücher.example')?.host));
    expect([...answers]).to.deep.equal(['xn--bcher-kva.example']);
  });

  it('is asked everywhere: URL.canParse of Node 20 is wrong once it has been compiled', () => {
    const askers = sourceFiles(['lib', 'web']).filter(({ text }) =>
      withoutComments(text).includes('canParse'),
    );
    expect(askers.map(({ path }) => path)).to.deep.equal([]);
  });
});
