/** TCP segments: received ones, and segments without an established connection. */
@NullMarked
package io.tapstack.tcp.segment;

import org.jspecify.annotations.NullMarked;
