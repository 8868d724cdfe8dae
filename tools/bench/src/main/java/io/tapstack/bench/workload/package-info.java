/** What the benchmark compares, and with what. */
@NullMarked
package io.tapstack.bench.workload;

import org.jspecify.annotations.NullMarked;
