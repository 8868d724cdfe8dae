/** Congestion control: limits the bytes in flight. */
@NullMarked
package io.tapstack.tcp.congestion;

import org.jspecify.annotations.NullMarked;
