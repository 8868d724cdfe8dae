/** The subjects of the benchmark, and their comparisons. */
@NullMarked
package io.tapstack.bench.workload;

import org.jspecify.annotations.NullMarked;
