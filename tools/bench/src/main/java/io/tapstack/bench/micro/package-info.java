/**
 * JMH benchmarks of the stack's parts, without a device: the cost of one segment, one timer, one checksum, and a check
 * that they allocate nothing ({@code -prof gc}).
 */
@NullMarked
package io.tapstack.bench.micro;

import org.jspecify.annotations.NullMarked;
