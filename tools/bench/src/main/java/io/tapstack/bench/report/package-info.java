/** Results as a table, as JSON and as a chart. */
@NullMarked
package io.tapstack.bench.report;

import org.jspecify.annotations.NullMarked;
