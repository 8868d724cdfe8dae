/** The interface of the tools to a TCP/IP stack: listeners, byte streams and datagrams. */
@NullMarked
package io.tapstack.transport;

import org.jspecify.annotations.NullMarked;
