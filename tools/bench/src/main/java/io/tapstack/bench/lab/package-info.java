/** The place of measurements: network namespaces, and the processes in them. */
@NullMarked
package io.tapstack.bench.lab;

import org.jspecify.annotations.NullMarked;
