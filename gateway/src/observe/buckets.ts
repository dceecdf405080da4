/** Of all durations: an answer from memory to the longest that a request may take. 0.3 is what tills are promised. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.3, 0.5, 1, 2.5, 5, 10];
