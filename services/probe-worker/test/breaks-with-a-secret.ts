/** Loaded before a child's own module: throws, once the child runs, an error whose words and properties hold a secret. */
setTimeout(() => {
  throw Object.assign(new TypeError("cannot send s3cret\n    at s3cret"), {
    headers: { authorization: "s3cret" },
  });
}, 300);
