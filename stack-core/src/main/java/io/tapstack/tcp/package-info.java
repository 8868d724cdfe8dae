/** TCP (RFC 9293) as sockets and tools use it: connections, listeners, their options and observers. */
@NullMarked
package io.tapstack.tcp;

import org.jspecify.annotations.NullMarked;
