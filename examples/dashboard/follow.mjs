// Follows a stream in Node with what the token endpoint answered, read from standard input:
//
//   curl … -X POST http://127.0.0.1:8080/ws-token?scope=merchant | node follow.mjs
//
// Node 20 wants --experimental-websocket; from 22 on it is there.

import { text } from 'node:stream/consumers';

const { token, ws_url: address } = JSON.parse(await text(process.stdin));
const url = new URL(address);
url.searchParams.set('format', 'event_v1');
url.searchParams.set('token', token);

const socket = new WebSocket(url);
socket.onopen = () => console.error('live');
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.object !== 'event') return;
  const { object } = frame.data;
  console.log(frame.id, frame.type, object.id, object.status ?? '');
};
socket.onclose = ({ code }) => {
  console.error(`closed with ${code}`); // pepay-stream.js shows how to resume
  process.exitCode = 1;
};
