/** Bulk transfers over bad links in virtual time: how fast, how fair, at what cost; stored results, and theory. */
@NullMarked
package io.tapstack.simulation.grid;

import org.jspecify.annotations.NullMarked;
