// An Express 5 application as its users write it, with serverless-http in front.
const { createHash } = require('node:crypto');
const { join } = require('node:path');
const express = require('express');
const serverless = require('serverless-http');

const app = express();
app.use(express.json({ limit: '2mb' }));
app.use(express.urlencoded({ extended: true }));
app.use('/static', express.static(join(__dirname, 'public'), { maxAge: '1h' }));

app.get('/search', (request, response) => {
  response.json({ query: request.query, ip: request.ip, host: request.hostname, path: request.originalUrl });
});
app.post('/orders', (request, response) => {
  response.status(201).location(`/orders/${request.body.id}`).json({ received: request.body });
});
app.post('/login', (request, response) => {
  response.cookie('session', 'a b=c;d', { httpOnly: true, path: '/' });
  response.cookie('theme', 'dark', { maxAge: 60_000 });
  response.json({ user: request.body.user, cookies: request.headers.cookie });
});
app.post('/digest', express.raw({ type: '*/*', limit: '2mb' }), (request, response) => {
  response.type('application/octet-stream').send(createHash('sha256').update(request.body).digest());
});
app.get('/orders/:id/receipt', (_, response) => response.redirect(303, '/static/receipt.txt'));
app.get('/broken', async () => {
  throw Object.assign(new Error('the warehouse does not answer'), { status: 503 });
});
app.use((request, response) => response.status(404).json({ missing: request.path }));
app.use((error, _request, response, _next) => {
  console.error(error.message);
  response.status(error.status ?? 500).json({ error: error.message });
});

exports.handler = serverless(app, { binary: ['application/octet-stream', 'image/*'] });
