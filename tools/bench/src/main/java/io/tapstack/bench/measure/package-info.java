/** Measuring and comparing: workloads, subjects, samples, and their statistics. */
@NullMarked
package io.tapstack.bench.measure;

import org.jspecify.annotations.NullMarked;
