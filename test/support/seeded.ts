// Loaded before the tests whose coverage is measured: random tests draw the same values in every run, so that a branch that
// only they reach is not covered today and missed tomorrow. Without coverage each run draws anew.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_122 });
