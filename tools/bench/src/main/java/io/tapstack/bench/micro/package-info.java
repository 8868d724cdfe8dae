/**
 * JMH benchmarks of the stack's parts, without a device: what one segment, one timer, one checksum costs, and that it
 * leaves no garbage ({@code -prof gc}).
 */
@NullMarked
package io.tapstack.bench.micro;

import org.jspecify.annotations.NullMarked;
