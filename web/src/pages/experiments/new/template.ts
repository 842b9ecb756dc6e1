/** What the editor begins with: an experiment on the example shop, with every part that a definition has. */
export const TEMPLATE = `# A Chaos Toolkit experiment; what Upstack adds stands under "extensions".
title: Slow recommendations do not cost orders
description: >-
  The product page fetches its recommendations after it has drawn itself,
  so people should not notice when they come late.
tags: [latency]

steady-state-hypothesis:
  title: When recommendations come 300 ms late, visitors order at least three quarters as often
  probes: []

method: []
rollbacks: []

extensions:
  - name: upstack
    experiment: recommendations-slow
    target:
      function: shop-recommendations
    treatment:
      fault:
        kind: latency # or error, with status and message
        ms: 300
    slice:
      unit: session
      share: 50%
    goal:
      metric: conversion
      event: Order Completed
      within: 5s
      margin: 25% # how much less of it would still be acceptable
    guardrails:
      - metric: error-rate
        function: shop-catalogue
    maxDuration: 2m
`;
