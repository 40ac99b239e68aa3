// A certificate authority of a test's own, with OpenSSL: keys, certificates, and OpenSSL's verdict on signatures.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const kinds = { rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] };

export class Authority {
    constructor() {
        this.folder = mkdtempSync(join(tmpdir(), 'motcua-ca-'));
        this.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
        this.ca = this.der('ca');
    }

    run(program, ...words) {
        return execFileSync(program, words, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    }

    path(name) { return join(this.folder, name); }
    der(name) { return this.run('openssl', 'x509', '-in', `${name}.pem`, '-outform', 'DER'); }
    serial(name) { return this.run('openssl', 'x509', '-in', `${name}.pem`, '-noout', '-serial').toString().trim().split('=')[1]; }

    // A key and its certificate: { keyFile, der }. With `key` of another name the certificate is a new one of that key.
    issue(name, kind = 'rsa', { key = null, extensions = '' } = {}) {
        if (!key) this.run('openssl', 'genpkey', ...kinds[kind], '-out', `${name}.key`);
        this.run('openssl', 'req', '-new', '-key', `${key ?? name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, '-utf8');
        writeFileSync(this.path(`${name}.ext`), extensions);
        this.run('openssl', 'x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`);
        this.run('sh', '-c', `openssl x509 -in '${name}.pem' -noout -pubkey > '${name}.pub'`);
        return { keyFile: this.path(`${key ?? name}.key`), der: this.der(name) };
    }

    read(name) { return readFileSync(this.path(name), 'utf8'); }

    // openssl's verdict on a signature (base64) over `text` by the capability's name of the algorithm.
    verifies(name, algorithm, text, signature) {
        const hash = algorithm.split('_').at(-1);
        writeFileSync(this.path('text'), text);
        writeFileSync(this.path('signature'), Buffer.from(signature, 'base64'));
        const pss = algorithm.startsWith('rsa_pss') ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest', '-sigopt', `rsa_mgf1_md:${hash}`] : [];
        try {
            return /Verified OK/.test(this.run('openssl', 'dgst', `-${hash}`, '-verify', `${name}.pub`, '-signature', 'signature', ...pss, 'text').toString());
        } catch {
            return false;
        }
    }

    close() { rmSync(this.folder, { recursive: true }); }
}
