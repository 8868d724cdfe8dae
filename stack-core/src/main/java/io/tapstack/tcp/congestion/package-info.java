/** Congestion control: how much may be in flight. */
@NullMarked
package io.tapstack.tcp.congestion;

import org.jspecify.annotations.NullMarked;
