/** TCP segments: received ones, and the building of those that belong to no established connection. */
@NullMarked
package io.tapstack.tcp.segment;

import org.jspecify.annotations.NullMarked;
