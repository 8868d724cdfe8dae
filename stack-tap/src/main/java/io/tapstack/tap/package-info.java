/**
 * The TAP device of Linux as a {@link io.tapstack.link.LinkDevice}: frames through {@code read(2)} and
 * {@code writev(2)} on /dev/net/tun, set-up through {@code ioctl(2)}. All native code of Tapstack is called from here.
 */
@NullMarked
package io.tapstack.tap;

import org.jspecify.annotations.NullMarked;
