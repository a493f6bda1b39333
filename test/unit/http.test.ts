import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createHttpHandler } from '../../lib/listen/http.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Buffer;
}

describe('the HTTP side of the WebSocket port', () => {
  let server: Server;

  before((done) => {
    server = createServer(
      createHttpHandler(() => ({ status: 'ok', clients: 3 }), ['https://allowed.example']).serve,
    );
    server.listen(0, '127.0.0.1', done);
  });

  after((done) => {
    server.close(done);
  });

  /** Requests a path exactly as it is given, because no HTTP client in between normalises it. */
  const ask = (path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: bytes.toString(),
            bytes,
          });
        });
      });
      asked.on('error', reject);
      asked.end();
    });

  it('serves the page at /, and all that the page asks for', async () => {
    const page = await ask('/');
    expect(page.status).to.equal(200);
    expect(page.headers['content-type']).to.equal('text/html; charset=utf-8');
    const wanted = [...page.body.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? '');
    // Without a leading slash, so that they are found in any folder in which a proxy puts the page.
    expect(wanted).to.have.members(['icon.svg', 'style.css', 'main.js']);
    for (const folder of ['/', '/chat/', '/a/b.c/']) {
      for (const name of ['', ...wanted]) {
        expect((await ask(`${folder}${name}`)).status, folder + name).to.equal(200);
      }
    }
  });

  it('serves every file as what it is', async () => {
    const types = new Map([
      ['/main.js', 'text/javascript; charset=utf-8'],
      ['/style.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml'],
      ['/main.js.map', 'application/json'],
      ['/favicon.ico', 'image/x-icon'],
    ]);
    for (const [path, type] of types) expect((await ask(path)).headers['content-type'], path).to.equal(type);
  });

  it('ignores a query', async () => {
    expect((await ask('/?from=elsewhere')).status).to.equal(200);
  });

  it('needs nothing from elsewhere: the bundle has no import and the style no url', async () => {
    expect((await ask('/main.js')).body).not.to.match(/^\s*import\b|\bimport\(/);
    expect((await ask('/style.css')).body).not.to.match(/url\(|@import/);
  });

  it('sends the security headers with every answer, whatever it is', async () => {
    const answers = [
      ask('/'),
      ask('/main.js'),
      ask('/health'),
      ask('/nothing'),
      ask('/', 'POST'),
      ask('/', 'HEAD'),
    ];
    for (const { headers } of await Promise.all(answers)) {
      const policy = headers['content-security-policy'];
      expect(policy).to.include("default-src 'none'");
      expect(policy).to.include("script-src 'self'");
      expect(policy).to.include("frame-ancestors 'none'");
      expect(policy).to.include("require-trusted-types-for 'script'");
      expect(policy).not.to.include('unsafe');
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['referrer-policy']).to.equal('no-referrer');
      expect(headers['cross-origin-opener-policy']).to.equal('same-origin');
      expect(headers['cross-origin-resource-policy']).to.equal('same-origin');
    }
  });

  it('answers 404 in words for what is not there', async () => {
    const { status, body, headers } = await ask('/nothing');
    expect(status).to.equal(404);
    expect(body).to.equal('There is nothing here. The page is at /\n');
    expect(headers['content-type']).to.equal('text/plain; charset=utf-8');
  });

  it('serves nothing beyond the files of the page, by whatever path it is asked', async () => {
    const paths = [
      '/index.html',
      '/core/update.js',
      '/core',
      '/core/server.js',
      '/main.js.br',
      '/main.js.gz',
      '/../package.json',
      '/../../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/lib/server.js',
      '/..\\lib\\server.js',
      '//main.js',
      '/chat//main.js',
      '/chat/../main.js',
      '/chat/%2E%2e/main.js',
      '/main.js%00.css',
      '/constructor',
      '/__proto__',
    ];
    for (const path of paths) expect((await ask(path)).status, path).to.equal(404);
  });

  it('refuses other methods, and says which it knows', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/', method);
      expect(status, method).to.equal(405);
      expect(headers.allow, method).to.equal('GET, HEAD');
    }
  });

  it('answers 421 on loopback to whoever asks for another host, and says what to do', async () => {
    for (const path of ['/', '/main.js', '/health', '/nothing']) {
      const { status, body } = await ask(path, 'GET', { Host: 'evil.example:8546' });
      expect(status, path).to.equal(421);
      expect(body, path).to.include('--allow-origin');
    }
    for (const host of ['localhost:1', 'localhost', '127.0.0.2:8546', '[::1]:8546', 'allowed.example:7']) {
      expect((await ask('/', 'GET', { Host: host })).status, host).to.equal(200);
    }
  });

  it('answers HEAD as GET, without the body', async () => {
    for (const path of ['/', '/health', '/nothing']) {
      const get = await ask(path);
      const head = await ask(path, 'HEAD');
      expect(head.status, path).to.equal(get.status);
      expect(head.headers['content-length'], path).to.equal(get.headers['content-length']);
      expect(head.body, path).to.equal('');
    }
  });

  it('answers 304 when the browser has the very file, in whatever form it says so', async () => {
    const { headers } = await ask('/main.js');
    const tag = headers.etag ?? '';
    expect(tag).to.match(/^"[\w-]+"$/);
    expect(headers['cache-control']).to.equal('no-cache');
    for (const said of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const { status, body } = await ask('/main.js', 'GET', { 'If-None-Match': said });
      expect(status, said).to.equal(304);
      expect(body).to.equal('');
    }
    expect((await ask('/main.js', 'GET', { 'If-None-Match': '"other"' })).status).to.equal(200);
  });

  describe('compressed', () => {
    const encodings = [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const;
    const files = ['/', '/main.js', '/style.css', '/main.js.map', '/icon.svg'];

    for (const [coding, decompress] of encodings) {
      it(`as ${coding}: what is served is the file, smaller`, async () => {
        for (const path of files) {
          const plain = await ask(path);
          const { headers, bytes } = await ask(path, 'GET', { 'Accept-Encoding': coding });
          expect(headers['content-encoding'], path).to.equal(coding);
          expect(headers['content-type'], path).to.equal(plain.headers['content-type']);
          expect(Number(headers['content-length']), path).to.equal(bytes.length);
          expect(bytes.length, path).to.be.below(plain.bytes.length);
          expect(decompress(bytes).equals(plain.bytes), path).to.equal(true);
        }
      });
    }

    it('says with every page, and not only with those, that it depends on what is accepted', async () => {
      for (const accepted of ['br', 'gzip;q=0', 'identity;q=0, *;q=0']) {
        const { headers } = await ask('/main.js', 'GET', { 'Accept-Encoding': accepted });
        expect(headers.vary, accepted).to.equal('Accept-Encoding');
      }
    });

    it('has a tag for each coding, and 304 only for that of the one that would be sent', async () => {
      const tags: (string | undefined)[] = [];
      for (const accepted of ['br', 'gzip', 'identity']) {
        const { headers } = await ask('/main.js', 'GET', { 'Accept-Encoding': accepted });
        tags.push(headers.etag);
      }
      expect(new Set(tags).size).to.equal(3);
      const [br = '', gzip = ''] = tags;
      const withTag = (tag: string) =>
        ask('/main.js', 'GET', { 'Accept-Encoding': 'br, gzip;q=0.5', 'If-None-Match': tag });
      const same = await withTag(br);
      expect(same.status).to.equal(304);
      expect(same.headers).to.include({ etag: br, vary: 'Accept-Encoding', 'cache-control': 'no-cache' });
      expect(same.headers).not.to.have.any.keys('content-encoding', 'content-length');
      expect((await withTag(gzip)).status).to.equal(200);
      expect((await withTag(`${gzip}, W/${br}`)).status).to.equal(304);
    });

    it('answers HEAD as GET', async () => {
      const accept = { 'Accept-Encoding': 'gzip, br' };
      const get = await ask('/main.js', 'GET', accept);
      const head = await ask('/main.js', 'HEAD', accept);
      for (const name of ['content-encoding', 'content-length', 'etag', 'vary'] as const) {
        expect(head.headers[name], name).to.equal(get.headers[name]);
      }
      expect(head.body).to.equal('');
    });

    it('answers 406 to whoever takes nothing that there is, and other pages uncoded as ever', async () => {
      const nothing = { 'Accept-Encoding': 'zstd, identity;q=0' };
      const { status, body } = await ask('/main.js', 'GET', nothing);
      expect(status).to.equal(406);
      expect(body).to.include('gzip');
      expect((await ask('/health', 'GET', nothing)).status).to.equal(200);
    });
  });

  it('serves an icon that is made of PNG pictures, for whatever asks for favicon.ico', async () => {
    const { status, bytes } = await ask('/favicon.ico');
    expect(status).to.equal(200);
    expect(bytes.readUInt32LE(0)).to.equal(0x10000);
    const sizes = Array.from({ length: bytes.readUInt16LE(4) }, (_, i) => {
      const entry = 6 + 16 * i;
      const start = bytes.readUInt32LE(entry + 12);
      const picture = bytes.subarray(start, start + bytes.readUInt32LE(entry + 8));
      expect(picture.subarray(1, 4).toString()).to.equal('PNG');
      expect(picture.readUInt32BE(16)).to.equal(bytes.readUInt8(entry));
      expect(picture.readUInt32BE(20)).to.equal(bytes.readUInt8(entry + 1));
      return bytes.readUInt8(entry);
    });
    expect(sizes).to.deep.equal([16, 32, 48]);
  });

  it('does not take a tag that only has a star in it for any', async () => {
    const { status } = await ask('/main.js', 'GET', { 'If-None-Match': '"a,*,b"' });
    expect(status).to.equal(200);
  });

  it('tells its health as JSON that no cache may keep', async () => {
    const { status, headers, body } = await ask('/health');
    expect(status).to.equal(200);
    expect(headers['content-type']).to.equal('application/json');
    expect(headers['cache-control']).to.equal('no-store');
    expect(JSON.parse(body)).to.deep.equal({ status: 'ok', clients: 3 });
  });
});
