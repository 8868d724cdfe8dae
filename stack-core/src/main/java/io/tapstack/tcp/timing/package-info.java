/** Round-trip measurement and the timers of a connection. */
@NullMarked
package io.tapstack.tcp.timing;

import org.jspecify.annotations.NullMarked;
