/** Bytes on their way: out, in, out of order, and marks between them. */
@NullMarked
package io.tapstack.tcp.queue;

import org.jspecify.annotations.NullMarked;
