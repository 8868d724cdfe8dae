/**
 * The TAP device of Linux as a {@link io.tapstack.link.LinkDevice}: frames through {@code read(2)} and
 * {@code writev(2)} on /dev/net/tun, set-up through {@code ioctl(2)}. The native calls of the stack are made here.
 */
@NullMarked
package io.tapstack.tap;

import org.jspecify.annotations.NullMarked;
