// A minimal runtime client for Lambda's Runtime API. Used if aws-lambda-ric is not installed.
const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER = '' } = process.env;
const http = process.getBuiltinModule('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const [file, name] = _HANDLER.split('.');
const { [name]: handler } = await import(`file://${LAMBDA_TASK_ROOT}/${file}.mjs`);

for (;;) {
  const { headers, body } = await call('GET', 'next');
  const id = headers['lambda-runtime-aws-request-id'];
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = {
    awsRequestId: id,
    functionName: 'bench',
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  const response = await handler(JSON.parse(body), context).catch((error) => ({ errorMessage: String(error) }));
  await call('POST', `${id}/${response?.errorMessage ? 'error' : 'response'}`, JSON.stringify(response));
}

function call(method, path, sent) {
  return new Promise((resolve, reject) => {
    const url = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`;
    const request = http.request(url, { method, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('end', () => resolve({ headers: response.headers, body }));
    });
    request.once('error', reject).end(sent);
  });
}
