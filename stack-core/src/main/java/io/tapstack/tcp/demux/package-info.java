/** Demultiplexing: connections by 4-tuple, listeners, ports, and unpredictable numbers. */
@NullMarked
package io.tapstack.tcp.demux;

import org.jspecify.annotations.NullMarked;
