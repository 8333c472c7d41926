throw new Error('no machine today');
