import { X509Certificate } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';

/**
 * A connection to the gateway whose certificate is known, whoever has signed that and whatever names it holds. The handshake
 * has ended, so that nothing is sent to anybody else. Rejects if there is no connection, or another certificate.
 */
export function connectPinned(url: string, certificate: string): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  const wanted = new X509Certificate(certificate);
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      if (socket.getPeerX509Certificate()?.raw.equals(wanted.raw) === true) {
        socket.off('error', reject);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error('it has another certificate'));
    });
  });
}
