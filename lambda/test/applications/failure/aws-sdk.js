// failure-lambda makes a client of the AWS SDK 2 when it is loaded. Runtimes up to nodejs16.x had that SDK, later ones get
// it from a layer. With a configuration in AppConfig the client is never called, so this is all of it that is needed.
exports.SSM = class {
  getParameter() {
    throw new Error('the configuration comes from AppConfig');
  }
};
