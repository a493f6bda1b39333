import { expect } from 'chai';
import { splitLinks } from '../../web/core/links.js';

const linksIn = (text: string) => splitLinks(text).flatMap(({ href }) => href ?? []);

describe('web addresses in a message', () => {
  it('are found, and the text around them is kept', () => {
    expect(splitLinks('see https://example.org/a?b=c#d now')).to.deep.equal([
      { text: 'see ' },
      { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
      { text: ' now' },
    ]);
  });

  it('are none in plain text, and an empty text has no parts', () => {
    expect(splitLinks('no link here')).to.deep.equal([{ text: 'no link here' }]);
    expect(splitLinks('')).to.deep.equal([]);
  });

  it('end before the punctuation of the sentence', () => {
    expect(linksIn('https://a.example/b.')).to.deep.equal(['https://a.example/b']);
    expect(linksIn('(see http://a.example/b_(c)).')).to.deep.equal(['http://a.example/b_(c)']);
    expect(linksIn('is it https://a.example/?!')).to.deep.equal(['https://a.example/']);
    expect(linksIn('"https://a.example/x", <https://b.example>')).to.deep.equal([
      'https://a.example/x',
      'https://b.example',
    ]);
  });

  it('are http and https only', () => {
    const others = [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://a.example',
      'file:///etc/passwd',
      '//a.example',
    ];
    for (const text of others) expect(linksIn(text), text).to.deep.equal([]);
    expect(linksIn('HTTPS://A.example/')).to.deep.equal(['HTTPS://A.example/']);
    expect(linksIn('xhttp://a.example')).to.deep.equal([]);
  });

  it('are not made of what is no address', () => {
    for (const text of ['http://', 'https://.', 'http://[', 'https://a b', 'http://?']) {
      for (const href of linksIn(text)) expect(URL.canParse(href), text).to.equal(true);
    }
    expect(linksIn('http:// x')).to.deep.equal([]);
  });

  it('hold no invisible character that could make them read otherwise', () => {
    expect(linksIn('https://a.example/\u202egpj.exe')).to.deep.equal(['https://a.example/']);
    expect(linksIn('https://a.example/\u200bb')).to.deep.equal(['https://a.example/']);
  });

  it('never change the text: the parts joined are the text', () => {
    const texts = [
      'a https://b.example, c http://d.example/(e) f',
      'https://x.example',
      '\n\thttp://y.example\n',
      ')(',
    ];
    for (const text of texts)
      expect(
        splitLinks(text)
          .map((part) => part.text)
          .join(''),
      ).to.equal(text);
  });

  it('are found in little time, however hostile the text', () => {
    const text = `https://a.example/${'('.repeat(2_000)}${')'.repeat(2_000)}${'.)'.repeat(2_000)}`;
    const beforeMs = performance.now();
    splitLinks(text);
    expect(performance.now() - beforeMs).to.be.below(1_000);
  });
});
